// Tests of the runner.
