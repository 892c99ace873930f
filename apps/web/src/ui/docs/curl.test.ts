import { api } from "@tend/contracts";
import { expect, test } from "vitest";
import { curl } from "./curl.ts";

const origin = "https://tend.example";

test("a task request carries the token and the body", () => {
  expect(curl(api.updateTask, origin)).toBe(
    [
      'curl -X PUT "https://tend.example/api/tasks/$ID" \\',
      '  -H "Authorization: Bearer $TOKEN" \\',
      '  -H "Content-Type: application/json" \\',
      `  -d '{"title":"Pay the rent","due_date":null}'`,
    ].join("\n"),
  );
});

test("a body has the type that the operation prefers", () => {
  expect(curl(api.patchTask, origin)).toContain(
    '-H "Content-Type: application/merge-patch+json" \\\n',
  );
});

test("a request about the session carries the cookies and where it comes from", () => {
  expect(curl(api.signOut, origin)).toBe(
    [
      "curl -X POST https://tend.example/api/auth/sign-out \\",
      "  -b cookies.txt -c cookies.txt \\",
      '  -H "Origin: https://tend.example"',
    ].join("\n"),
  );
});

test("a long body takes a line for each field", () => {
  expect(curl(api.signIn, origin)).toContain(
    [
      "  -d '{",
      '    "email": "ada@example.com",',
      '    "password": "correct horse battery"',
      "  }'",
    ].join("\n"),
  );
});

test("an open address needs nothing else", () => {
  expect(curl(api.getHealth, origin)).toBe("curl https://tend.example/api/health");
});

test("no example breaks out of its quotes", () => {
  for (const operation of Object.values(api)) {
    if ("bodyExample" in operation)
      expect(JSON.stringify(operation.bodyExample)).not.toContain("'");
  }
});
