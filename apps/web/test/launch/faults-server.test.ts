import { describe } from "vitest";
import { isLong } from "../long.ts";
import { testFaults } from "./faults.ts";
import { onServer } from "./installation.ts";

describe.runIf(isLong)("in a long run", () => testFaults("a PostgreSQL server", onServer));
