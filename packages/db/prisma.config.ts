import { defineConfig } from "prisma/config";
import { databaseUrls } from "./src/urls.ts";

const { direct } = databaseUrls(process.env);

export default defineConfig({
  schema: "prisma/schema.prisma",
  migrations: { path: "prisma/migrations" },
  ...(direct !== undefined && { datasource: { url: direct } }),
});
