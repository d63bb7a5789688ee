/** The colours that people of the session are shown in. */
import type { Person } from "../ipc/types";
import { useProject } from "../project/project";
import { usePeople } from "../project/session";
import { colorsApart } from "./apart";
import { useResidents } from "./peers";
import type { Resident } from "./peers";

type ColorOf = (person: Person) => string;

/** What somebody is shown in, everywhere: their own colour, or another where somebody else has that. */
export function useColorOf(): ColorOf {
  const members = usePeople();
  const residents = useResidents();
  const user = useProject()?.user;
  return colorOf(members, residents, user);
}

let latest: { given: readonly unknown[]; answer: ColorOf } | undefined;

/** Long lists ask line by line: the answer is kept while nothing changes. */
function colorOf(
  members: readonly Person[],
  residents: readonly Resident[],
  user: Person | undefined,
): ColorOf {
  const given = [members, residents, user];
  if (latest && given.every((one, at) => one === latest?.given[at])) return latest.answer;
  const here = residents.map(({ person }) => person);
  // What somebody has just chosen comes with their presence, before the session's record of it.
  const now = new Map([...here, ...(user ? [user] : [])].map((person) => [person.id, person]));
  const colors = colorsApart(
    members.map((member) => now.get(member.id) ?? member),
    [...now.values()],
  );
  const answer: ColorOf = ({ id, color }) => colors.get(id) ?? color;
  latest = { given, answer };
  return answer;
}
