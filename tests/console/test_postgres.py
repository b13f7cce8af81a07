"""The embedded server: it starts, recovers and stops, whatever ended the last run."""
