export * from "./address.ts";
export * from "./api.ts";
export * from "./limits.ts";
export * from "./openapi.ts";
export type * from "./operation.ts";
export * from "./problem.ts";
export * from "./task.ts";
export * from "./user.ts";
