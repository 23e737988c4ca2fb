# Whether PowerShell that starts from now on has Constrained Language (MODE constrained) or not (full), on the whole
# machine: __PSLockdownPolicy is read there only (it is for trying things out, no protection). By the registry, since under
# MODE full this script is constrained itself, and calls of .NET are forbidden.
$ErrorActionPreference = 'Stop'
$key = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'
if ($env:MODE -eq 'constrained') { Set-ItemProperty -LiteralPath $key -Name '__PSLockdownPolicy' -Value '4' }
else { Remove-ItemProperty -LiteralPath $key -Name '__PSLockdownPolicy' }
