"""What is kept: journal, recordings, library, examples, progress, import, export, report."""
