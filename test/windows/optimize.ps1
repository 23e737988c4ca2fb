# Starts Optimize of the pool NAME as a job and writes what came back: Windows' own method that works in a job without an array.
$ErrorActionPreference = 'Stop'
$pool = @(Get-CimInstance -Namespace 'root/Microsoft/Windows/Storage' -ClassName 'MSFT_StoragePool' | Where-Object { $_.FriendlyName -eq $env:NAME })[0]
$answer = Invoke-CimMethod -InputObject $pool -MethodName 'Optimize' -Arguments @{ RunAsJob = $true } -Confirm:$false
ConvertTo-Json -Compress @{ returnValue = $answer.ReturnValue; job = $answer.CreatedStorageJob.ObjectId }
