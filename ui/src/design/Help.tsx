/** A help of the vocabulary: its `*words*` are names of what one sees elsewhere. */
export function Help({ text }: { text: string }) {
  return text.split("*").map((part, at) => (at % 2 === 1 ? <em key={at}>{part}</em> : part));
}
