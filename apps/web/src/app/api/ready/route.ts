import { serve } from "#server/http/endpoint.ts";
import { routes } from "#server/http/routes.ts";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(routes.getReadiness);
