output "dns_name" {
  value = aws_lb.app.dns_name
}

output "port" {
  value = aws_lb_listener.https.port
}
