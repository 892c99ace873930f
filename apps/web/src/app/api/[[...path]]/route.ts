import { web } from "#server/http/api-request.ts";
import { unknownAddress } from "#server/http/endpoint.ts";

const handle = web(unknownAddress);

export const GET = handle;
export const POST = handle;
export const PUT = handle;
export const PATCH = handle;
export const DELETE = handle;
export const OPTIONS = handle;
