/** Markdown without HTML: elements of its own only, links that cannot do harm, images that load when they are asked for. */
import { Fragment } from "react";
import ReactMarkdown, { type Components } from "react-markdown";
import remarkGfm from "remark-gfm";

import { RemoteImage } from "./MediaView";

const SAFE = /^(?:https?:|mailto:)/i;

const COMPONENTS: Components = {
  a: ({ href, children }) =>
    href !== undefined && SAFE.test(href) ? (
      <a href={href} target="_blank" rel="noopener noreferrer nofollow" className="text-accent underline">
        {children}
      </a>
    ) : (
      <Fragment>{children}</Fragment>
    ),
  img: ({ src, alt }) => <RemoteImage source={typeof src === "string" ? src : ""} name={alt ?? ""} />,
  input: ({ checked }) => <span aria-label={checked === true ? "done" : "to do"}>{checked === true ? "☑" : "☐"} </span>,
};

export default function Markdown({ text }: { text: string }) {
  return (
    <div className="markdown" dir="auto">
      <ReactMarkdown
        remarkPlugins={[remarkGfm]}
        components={COMPONENTS}
        urlTransform={(url) => (SAFE.test(url) || /^data:image\//i.test(url) ? url : "")}
      >
        {text}
      </ReactMarkdown>
    </div>
  );
}
