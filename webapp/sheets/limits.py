"""How much of everything a workbook may ask for."""

from dataclasses import dataclass

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """Ceilings for one workbook. Bytes are bytes, times are seconds.

    The defaults let a workbook of 1,000,000 rows and 10 columns through, as long as it holds no more than about six
    million different texts, and keep the reading process under 384 MB.
    Rows, columns and characters in a cell are those of Excel itself, but for the columns, which are fewer:
    https://support.microsoft.com/office/1672b34d-7043-467e-8e27-269d656771c3
    """

    file_bytes: int = 100 * MEGABYTE
    inflated_bytes: int = 1024 * MEGABYTE
    inflation_ratio: int = 200
    """How many times larger than packed a part may get, once it is larger than `suspicious_bytes`."""
    suspicious_bytes: int = 32 * MEGABYTE
    parts: int = 2_000
    rows: int = 1_048_576
    columns: int = 1_000
    cell_characters: int = 32_767
    memory_bytes: int = 384 * MEGABYTE
    """Address space of the reading process (RLIMIT_AS)."""
    inspection_seconds: int = 60
    """Processor time for `inspect_workbook`; also the longest wait for it."""
    reading_seconds: int = 900
    """Processor time for `read_rows` from first to last row."""
    silence_seconds: int = 60
    """Longest wait for the next rows while the reading process says nothing."""
