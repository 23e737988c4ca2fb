export { connectPowerShell, type PowerShellHost } from "./connect";
export type { CimEntry, LocalEntry, PowerShellEntry, SshEntry } from "./entry";
export { limits } from "./limits";
