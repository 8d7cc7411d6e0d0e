"""Parts of the reader of Shimadzu LabSolutions' text exports."""
