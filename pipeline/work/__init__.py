"""What each stage does for a study: load, call the stage, freeze the result as a version."""
