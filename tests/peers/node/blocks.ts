// What Slack's own types say a message, a modal and a home tab may hold: only blocks that they know.
import type { HomeView, KnownBlock, ModalView } from "@slack/types";

export type Blocks = KnownBlock[];
export type Modal = Omit<ModalView, "blocks"> & { blocks: KnownBlock[] };
export type Home = Omit<HomeView, "blocks"> & { blocks: KnownBlock[] };
