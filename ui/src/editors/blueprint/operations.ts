/** The vocabulary of Blueprints, asked for once: it does not change while the program runs. */
import { useEffect } from "react";
import { createStore, useStore } from "zustand";

import { operations as fetchOperations } from "../../ipc/documents";
import type { Operation } from "../../ipc/types";

interface Vocabulary {
  list: readonly Operation[];
  byOp: ReadonlyMap<string, Operation>;
}

const vocabulary = createStore<Vocabulary>(() => ({ list: [], byOp: new Map() }));
let asked: Promise<void> | undefined;

function ask(): Promise<void> {
  asked ??= fetchOperations().then(
    (list) =>
      vocabulary.setState({ list, byOp: new Map(list.map((operation) => [operation.op, operation])) }),
    () => {
      asked = undefined;
    },
  );
  return asked;
}

export function useOperations(): Vocabulary {
  useEffect(() => {
    void ask();
  }, []);
  return useStore(vocabulary);
}
