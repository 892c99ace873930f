import { setCookie } from "#ui/device/cookie.ts";

export const farewellCookie = "farewell";

/** Makes the start page say that the account is deleted, by a cookie that expires by itself. */
export const sayFarewell = (): void => setCookie(farewellCookie, "account-deleted", 60);
