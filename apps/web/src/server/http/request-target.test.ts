import { expect, test } from "vitest";
import { targetOf } from "./request-target.ts";

const to = (method: string, target: string, hosts = ["tend.test"]) =>
  targetOf(method, target, hosts).to;

test.each([
  ["GET", "/api", "api", "/api"],
  ["TRACE", "/api/tasks?x=/../y", "api", "/api/tasks?x=/../y"],
  ["GET", "http://tend.test/api/tasks?q=a//b", "api", "/api/tasks?q=a//b"],
  ["GET", "HTTPS://tend.test", "page", "/"],
  ["GET", "http://tend.test?x=1", "page", "/?x=1"],
  ["GET", "/apis", "page", "/apis"],
  ["GET", "/tasks?due=%2e%2e/", "page", "/tasks?due=%2e%2e/"],
  ["GET", "/a.b/..c/d..", "page", "/a.b/..c/d.."],
  ["GET", "/caf%C3%A9/%ff%zz%", "page", "/caf%C3%A9/%ff%zz%"],
])("%s %s goes to the %s", (method, target, room, url) => {
  expect(targetOf(method, target, ["tend.test"])).toEqual({ to: room, url });
});

test.each([
  ...["/./api/tasks", "/../api/tasks", "/x/../api/tasks", "//api/tasks", "/api//tasks", "/api/"],
  ...["/%2e/api/tasks", "/%2E%2e/api/tasks", "/x/%2e%2e/api", "/.%2e/api", "/%252e/api/tasks"],
  ...["\\api\\tasks", "/\\api/tasks", "/api\\tasks", "/x/..\\api", "/%5capi/tasks", "/api%5ctasks"],
  ...["/%61pi/tasks", "/ap%69", "/api%2ftasks", "/%2fapi", "/API/tasks", "/Api", "/%41PI/tasks"],
  ...[
    "http://tend.test/./api/tasks",
    "http://tend.test//api",
    "/tasks/.",
    "/tasks/..",
    "//evil.example",
  ],
])("404 [E-1] %s is another way to write something, and nowhere", (target) => {
  const expected = target === "/api/" ? "api" : target.startsWith("\\") ? "malformed" : "nowhere";
  expect(to("GET", target)).toBe(expected);
});

test.each([
  ...["*", "*x", "x", "ftp://tend.test/", "tend.test:443", "javascript:alert(1)", "", "http:/x"],
  ...["https:tasks", "file:///etc/passwd", "?x", "#x", "ws://tend.test/api"],
])("400 [E-1] GET %s is no address", (target) => {
  expect(to("GET", target)).toBe("malformed");
});

test("[E-1] OPTIONS * asks of the server; two hosts or none are malformed; pages have their methods", () => {
  expect(to("OPTIONS", "*")).toBe("server");
  expect(to("OPTIONS", "*x")).toBe("malformed");
  expect(to("GET", "/api/health", ["tend.test", "tend.test"])).toBe("malformed");
  expect(to("GET", "/api/health", [])).toBe("malformed");
  expect(to("GET", "/api/health", [""])).toBe("api");
  for (const method of ["TRACE", "PUT", "DELETE", "PROPFIND"]) {
    expect(to(method, "/")).toBe("method");
    expect(to(method, "/api/health")).toBe("api");
  }
});

test("[C-12] a page takes a hundred parameters and no more; the API says itself what it does not know", () => {
  const parameters = (count: number) => Array(count).fill("a=b").join("&");
  for (const path of ["/tasks", "/icon.svg", "http://tend.test/"]) {
    expect(to("GET", `${path}?${parameters(100)}`)).toBe("page");
    expect(to("POST", `${path}?${parameters(101)}`)).toBe("crowded");
    expect(to("GET", `${path}?${"&".repeat(7_000)}`)).toBe("crowded");
  }
  expect(to("DELETE", `/tasks?${parameters(101)}`)).toBe("method");
  expect(to("GET", `/api/tasks?${parameters(101)}`)).toBe("api");
  expect(to("GET", `/tasks?q=${"%26".repeat(200)}`)).toBe("page");
});
