"""Found first by every Python process of an installation whose PYTHONPATH names this folder: alters what it lives in.

`CLOCK_IS_OFF_BY` names a file with the seconds by which its clock is wrong. `NO_PRIVILEGES` makes root obey the
permissions of files, as everybody else does.
"""

import ctypes
import os
import time

true_time = time.time
CAPABILITIES_VERSION_3 = 0x20080522
OBEY_PERMISSIONS = ~0b110  # neither CAP_DAC_OVERRIDE nor CAP_DAC_READ_SEARCH: capabilities(7)


def altered_time() -> float:
    with open(os.environ["CLOCK_IS_OFF_BY"]) as file:
        return true_time() + float(file.read() or 0)


def obey_permissions() -> None:
    libc = ctypes.CDLL(None, use_errno=True)
    header, sets = (ctypes.c_uint32 * 2)(CAPABILITIES_VERSION_3, 0), (ctypes.c_uint32 * 6)()
    libc.capget(header, sets)
    for place in range(3):  # effective, permitted, inheritable
        sets[place] &= OBEY_PERMISSIONS & 0xFFFFFFFF
    if libc.capset(header, sets) != 0:
        raise OSError(ctypes.get_errno(), "capset")


if "CLOCK_IS_OFF_BY" in os.environ:
    time.time = altered_time
if "NO_PRIVILEGES" in os.environ:
    obey_permissions()
