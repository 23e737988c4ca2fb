export { connectSimulator, type SimulatorEntry } from "./connect";
export type { Ailment } from "./health";
export { type Profile, type ProfileName, profiles } from "./profiles";
export { type ContradictOptions, type PairOptions, Simulator, type SimulatorOptions } from "./simulator";
export type { Traits } from "./traits";
export type { Fault, ReceivedCall, World } from "./world";
