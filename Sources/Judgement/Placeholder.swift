// Filled in by this target's own work.
