import { setCookie } from "#ui/device/cookie.ts";

export const farewellCookie = "farewell";

/** Has the start page say that the account is deleted. Short-lived: no page can take it back. */
export const sayFarewell = (): void => setCookie(farewellCookie, "account-deleted", 60);
