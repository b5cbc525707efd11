/** The tabs that are opened rarely: one chunk of their own. */
export { AttributesTab } from "./AttributesTab";
export { CommentsTab } from "./CommentsTab";
export { RawTab } from "./RawTab";
export { ScoresTab } from "./ScoresTab";
