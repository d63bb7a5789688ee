/** Names the window after what is open in it; the shell follows the page's title. */
export function setWindowTitle(title: string): void {
  document.title = title;
}
