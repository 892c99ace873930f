/**
 * Copies a text, or one that is still on its way: Safari allows copying only inside the click, so
 * it must be promised the text there. False where the browser does not allow it.
 */
export async function copy(text: string | Promise<string>): Promise<boolean> {
  const blob = Promise.resolve(text).then((value) => new Blob([value], { type: "text/plain" }));
  // A text that never comes is the caller's to report.
  blob.catch(() => {});
  try {
    await navigator.clipboard.write([new ClipboardItem({ "text/plain": blob })]);
    return true;
  } catch {
    return false;
  }
}
