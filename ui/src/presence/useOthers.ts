/** The others as lists and canvases show them. */
import { useMemo } from "react";

import { useProject } from "../session/project";
import { useDocuments } from "../session/session";
import { usePersonColor } from "./color";
import type { PersonColor } from "./color";
import { namesOf } from "./names";
import { useResidents } from "./peers";
import type { Resident } from "./peers";

export interface Other extends Resident {
  /** What they are called among those who are here. */
  readonly name: string;
  readonly color: PersonColor;
  /** The name of the document they look at; none while they look at none. */
  readonly where: string | undefined;
  readonly followsYou: boolean;
}

/** Everybody else, in the order in which they came. The list is new only when something in it is. */
export function useOthers(): readonly Other[] {
  const residents = useResidents();
  const documents = useDocuments();
  const project = useProject();
  const colorOf = usePersonColor();
  const [replica, user] = [project?.replica, project?.user.id];
  return useMemo(() => {
    const names = namesOf(residents, user ?? "");
    return residents.map((resident) => ({
      ...resident,
      name: names.get(resident.replica) ?? "",
      color: colorOf(resident.person.color),
      where: documents.find((document) => document.id === resident.document)?.name,
      followsYou: resident.following === replica,
    }));
  }, [residents, documents, colorOf, replica, user]);
}

export function useOther(replica: string | null): Other | undefined {
  return useOthers().find((other) => other.replica === replica);
}
