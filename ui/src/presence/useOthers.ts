/** The others as lists and canvases show them. */
import { useMemo } from "react";

import { useProject } from "../project/project";
import { useDocuments } from "../project/session";
import { usePersonColor } from "./color";
import type { PersonColor } from "./color";
import { loopThrough } from "./loop";
import { namesOf } from "./names";
import { useResidents } from "./peers";
import type { Resident } from "./peers";
import { useColorOf } from "./useColorOf";

export interface Other extends Resident {
  /** What they are called among those who are here. */
  readonly name: string;
  readonly color: PersonColor;
  /** The name of the document they look at; none while they look at none. */
  readonly where: string | undefined;
  /** Whether they follow this window, be it through others: then they cannot be followed. */
  readonly followsYou: boolean;
}

/** Everybody else, in the order in which they came. The list is new only when something in it is. */
export function useOthers(): readonly Other[] {
  const residents = useResidents();
  const documents = useDocuments();
  const project = useProject();
  const colorOf = usePersonColor();
  const shownIn = useColorOf();
  const [replica, user] = [project?.replica, project?.user.id];
  return useMemo(() => {
    const names = namesOf(residents, user ?? "");
    const followedBy = (follower: string) =>
      residents.find((resident) => resident.replica === follower)?.following ?? null;
    return residents.map((resident) => ({
      ...resident,
      name: names.get(resident.replica) ?? "",
      color: colorOf(shownIn(resident.person)),
      where: documents.find((document) => document.id === resident.document)?.name,
      followsYou: loopThrough(replica ?? "", resident.replica, followedBy) !== undefined,
    }));
  }, [residents, documents, colorOf, shownIn, replica, user]);
}

export function useOther(replica: string | null): Other | undefined {
  return useOthers().find((other) => other.replica === replica);
}
