import { serve } from "#server/route.ts";
import { routes } from "#server/routes.ts";

export const { GET, POST, PUT, PATCH, DELETE, OPTIONS } = serve(routes.changePassword);
