"""Who embeds and who chats: two protocols and the engines behind them."""
