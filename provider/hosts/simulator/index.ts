export { connectSimulator, type SimulatorEntry } from "./connect";
export { type Profile, type ProfileName, profiles } from "./profiles";
export { type PairOptions, Simulator, type SimulatorOptions } from "./simulator";
export type { Fault, ReceivedCall, World } from "./world";
