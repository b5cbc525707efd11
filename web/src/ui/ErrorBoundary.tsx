import { Component, type ReactNode } from "react";

import { ErrorState } from "./states";

interface Props {
  children: ReactNode;
}

interface State {
  error: unknown;
  hasFailed: boolean;
}

/** Around a part of a page: when it fails, the rest goes on. What could not be loaded is had by loading the page anew. */
export class ErrorBoundary extends Component<Props, State> {
  override state: State = { error: null, hasFailed: false };

  static getDerivedStateFromError(error: unknown): State {
    return { error, hasFailed: true };
  }

  override render(): ReactNode {
    if (!this.state.hasFailed) return this.props.children;
    return <ErrorState error={this.state.error} onRetry={() => window.location.reload()} />;
  }
}
