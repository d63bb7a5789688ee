/** Blueprints as graphs: what the canvas needs to know of them. */

import { useMemo } from "react";

import { namedRecords, type Catalogue, type GraphLanguage } from "../../graph/language";
import { isMap, textOf } from "../../graph/model/records";
import { entriesOf, propertyEntries, provisionalShapes, variableKeys } from "./catalogue";
import { EmptyBlueprint } from "./EmptyBlueprint";
import { judge } from "./judge";
import { OperationIcon } from "./OperationIcon";
import { useOperations } from "./operations";
import { InlineValue } from "./values/InlineValue";
import { fieldWidth, inlineType } from "./values/literals";
import { lookOf, typeName } from "./values/types";

/** What a variable is dragged as, out of the panel. */
export const VARIABLE = "application/x-wissil-variable";

/** What an entity is dragged as, out of the Hierarchy. */
const ENTITY = "application/x-wissil-entity";

export const language: GraphLanguage = {
  kind: "blueprint",
  title: "Blueprint",
  judge,
  named: [
    {
      collection: "variables",
      parameters: ["variable", "variables"],
      // Setting variables has one input per variable, called like it.
      sockets: "variables",
      isRecord: (variable) => textOf(variable, "name") !== "" && isMap(variable["initial"]),
      typeOf: ({ initial }) => (isMap(initial) ? initial["type"] : undefined),
    },
    { collection: "events", parameters: ["event"], isRecord: () => true, typeOf: () => undefined },
  ],
  events: {},
  lookOf,
  typeName,
  values: { typeAt: inlineType, widthOf: fieldWidth, Field: InlineValue },
  Icon: OperationIcon,
  Empty: EmptyBlueprint,
  useCatalogue,
  drops: [
    {
      type: VARIABLE,
      entries: ({ entries }, graph, id) => entries(graph).filter(({ key }) => variableKeys(id).includes(key)),
    },
    { type: ENTITY, entries: ({ entries }, graph, id) => propertyEntries(entries(graph), id) },
  ],
};

function useCatalogue(): Catalogue {
  const { list } = useOperations();
  return useMemo(
    () => ({
      entries: (graph) => entriesOf(list, namedRecords(graph, "variables")),
      shapeOf: provisionalShapes(list),
    }),
    [list],
  );
}
