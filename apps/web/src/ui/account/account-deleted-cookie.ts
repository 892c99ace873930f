import { setCookie } from "#ui/device/cookie.ts";

export const accountDeletedCookie = "farewell";

/** Makes the start page say that the account is deleted, by a cookie that expires by itself. */
export const setAccountDeletedCookie = (): void =>
  setCookie(accountDeletedCookie, "account-deleted", 60);
