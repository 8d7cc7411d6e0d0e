"""What the readers of NMR data share: names of axes and signals, names of nuclei."""
