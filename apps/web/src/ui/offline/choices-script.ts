import { singleKeysCookie } from "#ui/device/single-keys.ts";
import { themeCookie } from "#ui/device/theme.ts";

/**
 * For a page that the server renders without cookies: what was chosen on this device holds before all
 * else is shown.
 */
export const choicesScript = `
const { dataset } = document.documentElement;
const theme = /(?:^|; )${themeCookie}=(light|dark)(?:;|$)/.exec(document.cookie);
if (theme) dataset.theme = theme[1];
if (/(?:^|; )${singleKeysCookie}=off(?:;|$)/.test(document.cookie)) dataset.singleKeys = "off";`;
