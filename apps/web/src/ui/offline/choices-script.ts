import { singleKeysCookie } from "#ui/device/single-keys.ts";
import { themeCookie } from "#ui/device/theme.ts";

/**
 * The script of a page that the server renders without cookies: it applies the device's choices
 * before the first paint.
 */
export const choicesScript = `
const { dataset } = document.documentElement;
const theme = /(?:^|; )${themeCookie}=(light|dark)(?:;|$)/.exec(document.cookie);
if (theme) dataset.theme = theme[1];
if (/(?:^|; )${singleKeysCookie}=off(?:;|$)/.test(document.cookie)) dataset.singleKeys = "off";`;
