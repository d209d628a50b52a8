import { Component, type ReactNode } from 'react'

interface ErrorBoundaryProps {
  children: ReactNode
  /** What is shown instead; `again` mounts the children anew. */
  renderError(error: Error, again: () => void): ReactNode
}

/** Keeps a fault of its children from taking the rest of the page with it. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: unknown): { error: Error } {
    return { error: error instanceof Error ? error : new Error(String(error)) }
  }

  override render(): ReactNode {
    const { error } = this.state
    return error ? this.props.renderError(error, () => this.setState({ error: undefined })) : this.props.children
  }
}
