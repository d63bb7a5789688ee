import { Button } from "./Button";

/** What stands in place of a list that a filter left nothing of. */
export function NoMatch({ onClear }: { onClear: () => void }) {
  return (
    <div className="ui-no-match" role="status">
      <p>Nothing here is called that.</p>
      <Button variant="quiet" onClick={onClear}>
        Clear the filter
      </Button>
    </div>
  );
}
