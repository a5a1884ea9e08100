/** Hand the reader a file. */
export function saveFile(name: string, content: Blob): void {
  const url = URL.createObjectURL(content);
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to read it by then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Have the browser fetch a file, straight to where it keeps such. */
export function saveFrom(url: string): void {
  const link = document.createElement('a');
  link.href = url;
  // Its name is the server's to say.
  link.download = '';
  link.click();
}
