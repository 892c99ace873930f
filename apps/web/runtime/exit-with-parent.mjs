// Loaded into Next by launch.ts: when the launcher is killed outright, nothing is left behind it.
process.once("disconnect", () => process.exit(1));
