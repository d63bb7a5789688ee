import { Component } from "react";
import type { ErrorInfo, ReactNode } from "react";

import { Button, EmptyState } from "../design";

interface Props {
  name: string;
  children: ReactNode;
}

/** Keeps a defect in one panel from taking the window down. What was done is on the disk either way. */
export class PanelBoundary extends Component<Props, { failure: string | null }> {
  override state: { failure: string | null } = { failure: null };

  static getDerivedStateFromError(thrown: unknown) {
    return { failure: thrown instanceof Error ? thrown.message : String(thrown) };
  }

  override componentDidCatch(error: Error, info: ErrorInfo): void {
    console.error(`The panel ${this.props.name} failed`, error, info.componentStack);
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (failure === null) return this.props.children;
    return (
      <EmptyState
        title={`${this.props.name} cannot be shown`}
        actions={<Button onClick={() => this.setState({ failure: null })}>Try again</Button>}
      >
        {failure} Nothing you did is lost.
      </EmptyState>
    );
  }
}
