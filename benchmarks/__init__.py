"""What the README and DESIGN §9 claim, measured: each figure beside named peers, in one run, on this machine."""
