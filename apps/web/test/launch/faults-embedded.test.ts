import { testFaults } from "./faults.ts";
import { onEmbedded } from "./installation.ts";

testFaults("the embedded database", onEmbedded);
