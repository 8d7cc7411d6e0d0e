"""Where work runs: behind a fence, so that no file can bring the platform down or reach anything but itself."""
