export type { Ailment } from "./ailments";
export { connectSimulator, type SimulatorEntry } from "./connect";
export type { Creation } from "./creation";
export type { PairOptions } from "./pair";
export { type Profile, type ProfileName, profiles } from "./profiles";
export { type ContradictOptions, Simulator, type SimulatorOptions } from "./simulator";
export type { Traits } from "./traits";
export type { Fault, ReceivedCall, World } from "./world";
