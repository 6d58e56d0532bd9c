"""Those that are measured, each as `python -m` of its module: FOLDER, which is empty, and what it is to work on.

The last line that one prints is an object: the seconds that its work took without its set-up, and the rows.
Ours run in our environment, the peers in theirs, which knows nothing of ours: they import nothing but `rows`.
"""
