import { type ComponentType, createElement, type ReactNode, useLayoutEffect, useState } from "react";

export interface Deferred<Props> {
  (props: Props & { fallback?: ReactNode }): ReactNode;
  /** Load it before it is drawn. */
  preload: () => Promise<void>;
}

/**
 * A component whose program is loaded when it is first drawn, or before; until then its `fallback` stands there.
 *
 * What is loaded is drawn at once. `lazy` in a `Suspense` would show its fallback even then, and React holds back what
 * follows a fallback for 300 ms, which is most of the time that opening a trace takes.
 */
export function deferred<Props extends object>(load: () => Promise<ComponentType<Props>>): Deferred<Props> {
  const own: { loaded?: ComponentType<Props>; loading?: Promise<void> | undefined } = {};
  const preload = (): Promise<void> => {
    own.loading ??= load().then(
      (loaded) => {
        own.loaded = loaded;
      },
      (error: unknown) => {
        own.loading = undefined; // the next one tries again
        throw error;
      },
    );
    return own.loading;
  };
  const Component = ({ fallback = null, ...props }: Props & { fallback?: ReactNode }) => {
    const [isLoaded, setLoaded] = useState(own.loaded !== undefined);
    const [failure, setFailure] = useState<{ error: unknown }>();
    useLayoutEffect(() => {
      if (isLoaded) return;
      let isHere = true;
      preload().then(
        () => isHere && setLoaded(true),
        (error: unknown) => isHere && setFailure({ error }),
      );
      return () => {
        isHere = false;
      };
    }, [isLoaded]);
    if (failure !== undefined) throw failure.error; // to the boundary around it
    return own.loaded === undefined ? fallback : createElement(own.loaded, props as unknown as Props);
  };
  return Object.assign(Component, { preload });
}
