"""Parts of the readers of thermal analysers' text exports."""
