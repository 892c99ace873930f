/**
 * Copies a text, or one that a promise will give: Safari allows copying only inside the click, so
 * the promise is handed over there. False where the browser does not allow copying.
 */
export async function copy(text: string | Promise<string>): Promise<boolean> {
  const blob = Promise.resolve(text).then((value) => new Blob([value], { type: "text/plain" }));
  // The caller reports a promise that rejects.
  blob.catch(() => {});
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return false;
  }
}
