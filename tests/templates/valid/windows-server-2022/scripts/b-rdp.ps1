Write-Output rdp
