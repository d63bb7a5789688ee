/** What is asked before something goes on, from wherever that is. */
import { createStore, useStore } from "zustand";

import { ConfirmDialog } from "../design";

interface Asked {
  title: string;
  text: string;
  /** What the affirmative button says: the verb. */
  action: string;
}

const store = createStore<{ asked: (Asked & { answer: (yes: boolean) => void }) | null }>(() => ({
  asked: null,
}));

/** Asks, and answers whether it may go on. */
export function ask(question: Asked): Promise<boolean> {
  return new Promise((resolve) => {
    store.getState().asked?.answer(false);
    const answer = (yes: boolean) => {
      store.setState({ asked: null });
      resolve(yes);
    };
    store.setState({ asked: { ...question, answer } });
  });
}

/** Where it is asked: over the dialog that is open, or over the window. */
export function Question() {
  const { asked } = useStore(store);
  if (!asked) return null;
  const { title, text, action, answer } = asked;
  return (
    <ConfirmDialog
      open
      title={title}
      text={text}
      action={action}
      onClose={() => answer(false)}
      onConfirm={() => answer(true)}
    />
  );
}
